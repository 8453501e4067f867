"""The record store for people: statements as sentences, with filters and exports; and each trainee's own."""
