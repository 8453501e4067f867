"""A report as an official document and as a workbook, and both frozen."""
