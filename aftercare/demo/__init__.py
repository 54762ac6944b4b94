"""The fictitious clinic that `manage.py seed_demo` makes: nobody and nothing in it is real."""
