"""altlens model: fetches models, checks them, and says which one is used."""
