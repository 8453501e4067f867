"""Official documents of the units and of the city, in Vietnamese whatever the language of who asks for them."""
