"""The estimate of needs by itself: people and norms in, demand by county, item and period out."""
