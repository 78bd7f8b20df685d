/*
 * shell.h - `drydock learn`: one student, one lesson, one terminal
 *
 * Shows a step, hands what is typed to the workstation, and after every command
 * has the step judged.  Owns the prompt, the tutor's words, and progress.
 */
#ifndef DRYDOCK_SHELL_H
#define DRYDOCK_SHELL_H

/* The program `learn`: argv as of `drydock learn [--here | --private | --workspace DIR]
 * [LESSON]`, argv[0] ignored (and a first argument "learn" too).  Prints its errors;
 * returns the exit code. */
int shell_main(int argc, char **argv);

/* `drydock lesson WORD ...`: list, show, check, verbs.  Prints; returns the exit code. */
int shell_lesson_main(int argc, char **argv);

/* `drydock lesson check FILE-or-FOLDER...`: argv[1]... are the files.  Plays every
 * solution on a private network; 0 only when all prove themselves. */
int shell_lesson_check(int argc, char **argv);

#endif
