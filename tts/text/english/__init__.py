"""English as it is spoken: what is written turned into words, one family of writing a file, tables beside them."""
