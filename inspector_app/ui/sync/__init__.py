"""What is on its way to the centre, what arrived, and what needs the user."""
