"""The pages of persons, accounts and units, in four parts."""
