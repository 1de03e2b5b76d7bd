"""The service in which a Social Workers in Schools programme is run and recorded."""
