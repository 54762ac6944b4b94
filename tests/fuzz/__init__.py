"""Every form and every query of the site, filled in as nobody should: whatever comes, the answer is below 500."""
