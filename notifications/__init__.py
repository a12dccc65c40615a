"""Events, their words, their recipients, and the channels that send them."""
