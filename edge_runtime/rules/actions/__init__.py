"""What a rule does when it has found something: a command, a webhook, a notification, a sound."""
