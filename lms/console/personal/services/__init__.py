"""What can be done: archives are ordered, made, fetched and swept; erasure is asked for, refused and carried out."""
