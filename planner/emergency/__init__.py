"""The emergency pack: the next days' lists and the call list in one locked file, for when the network is down."""
