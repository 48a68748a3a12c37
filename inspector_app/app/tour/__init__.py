"""The tour: the whole way of a report, walked through the real windows as hands would."""
