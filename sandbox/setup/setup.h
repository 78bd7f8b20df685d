/*
 * setup.h - recipes to base images and wheels
 *
 * Everything is made on this machine from Debian packages: lock files (name,
 * version, size, SHA-256) say which, the machine's own apt configuration says
 * where from, and recipes say what becomes of them.  The results are the same
 * bytes, and so the same image ids, on every machine and every time; the ids
 * that must come out are part of the recipes and are checked.  No maintainer
 * script is run and no tool of the machine is needed.
 *
 * Needs libarchive and nettle, and the program `fetch` beside it.
 */
#ifndef DRYDOCK_SETUP_H
#define DRYDOCK_SETUP_H

/* `drydock setup [--images | --usage | --remove [--force]]`.  argv[0] is "setup". Prints:
 * results on standard output, progress and errors on standard error.  Returns the exit
 * code. */
int setup_main(int argc, char **argv);

/* Canonical name of the image that the lesson shell's workstation runs; its domain is
 * reserved, so that no listing shows it and no user can name it by accident. */
#define SETUP_WORKSTATION "drydock.internal/workstation:latest"

#endif
