"""What the store knows comes to the spider; what a crawl learned goes into the store."""
