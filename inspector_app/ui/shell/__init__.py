"""The frame around the workspaces: top bar, side, search over everything, and going from place to place."""
