"""The results of evaluations: of a class, of a lecturer, beside the averages of programme and city."""
