"""Why something in a rendered tree is there: from what a user names to its reasons. Knows no form of showing them."""
