"""What `edge-caption doctor` looks at, a file a part of the machine."""
