"""The pages of campaigns, reports and their summary."""
