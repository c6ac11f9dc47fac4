"""The web application at `/`: a page and the files it is made of, all from this host. What it shows comes from the public interface."""
