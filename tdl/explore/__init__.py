"""A meter's image to look at: octets beside the elements that they are, as one page of HTML."""
