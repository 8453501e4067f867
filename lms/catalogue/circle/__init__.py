"""The circle of approval (mục IV.3): a version sent for an opinion, commented on, put forward, decided on, compared."""
