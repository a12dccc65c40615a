"""How an event is worded and sent: events, words, email, Teams, recipients, senders."""
