"""The pixels of one slice: words to numbers, and compressed ones through a child process."""
