"""Views of results, as text and as data for JSON. Nothing here prints, reads or decides."""
