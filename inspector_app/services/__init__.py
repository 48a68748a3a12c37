"""What a user can do: use cases over the encrypted cache, without Qt; `views` holds what screens read."""
