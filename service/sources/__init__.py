"""Where a problem comes from: written out in the request, or a province, in a scenario, with changes."""
