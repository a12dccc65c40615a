"""How a thing is said and sent: news, words, mail, Teams, recipients, senders."""
