"""The use cases, a file each: a straight line over pure stages. Nothing here knows flags or a screen."""
