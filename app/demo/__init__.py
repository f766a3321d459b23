"""Two peers on this computer, in processes and folders of their own, and what happens to them."""
