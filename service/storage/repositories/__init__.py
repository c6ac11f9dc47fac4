"""Every SQL statement of the product, one repository a resource."""
