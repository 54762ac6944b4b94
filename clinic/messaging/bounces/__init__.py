"""What comes back of the mails that a server has accepted: they did not arrive, were not wanted, or were answered."""
