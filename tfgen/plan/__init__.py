"""What will be made, before it is text: every grant with the posture line and the sheet row it comes from."""
