/*
 * doctor.h - what is wrong here, and the way out
 *
 * Says in plain lines what it looked at and what it found.  It believes nothing that it
 * has not tried or read itself.
 */
#ifndef DRYDOCK_DOCTOR_H
#define DRYDOCK_DOCTOR_H

/* `drydock doctor --store [--repair]`.  argv[0] is the word.  Exit code: 0 all is well
 * (or is again), 1 something is not, 2 misuse. */
int doctor_main(int argc, char **argv);

#endif
