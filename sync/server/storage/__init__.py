"""What the centre keeps: tables, migrations and queries in, records and small tuples out."""
