"""The encrypted cache of one device: tables, migrations and queries in; records and small frozen values out."""
