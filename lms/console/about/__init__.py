"""What the product says of itself: the strangers' first page, help, contact, personal data, accessibility."""
