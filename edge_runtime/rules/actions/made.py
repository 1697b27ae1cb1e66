"""From options to actions."""

from pathlib import Path

from edge_runtime.rules.actions.base import Action
from edge_runtime.rules.actions.command import CommandAction
from edge_runtime.rules.actions.desktop import NotifyAction, SoundAction
from edge_runtime.rules.actions.options import TONE, ActionOptions
from edge_runtime.rules.actions.webhook import WebhookAction


def made_action(options: ActionOptions) -> Action:
    """Return the action that is asked for.

    Args:
        options: Which name one.
    """
    if options.command:
        return CommandAction(options.command, options.timeout)
    if options.webhook is not None:
        return WebhookAction(options.webhook, options.picture, options.timeout, options.retries)
    if options.sound is not None:
        return SoundAction(None if options.sound == TONE else Path(options.sound), options.timeout)
    return NotifyAction(options.timeout)
