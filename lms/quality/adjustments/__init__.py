"""From result to change: what fell below its threshold, why, what is done by whom until when, whether it helped."""
