//! Drives the emulator: starts it, packages and deploys the stack, and looks at what came of it.
