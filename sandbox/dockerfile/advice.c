/*
 * advice.c - what each lint rule is for, and what to do about it
 *
 * Docker's own rules by their names; the others by the numbers under which hadolint has
 * made them known, in our words.
 */
#include "sandbox/dockerfile/private.h"

static const struct dockerfile_advice rows[] = {
    {"ConsistentInstructionCasing", "a file in one style is read faster",
	"write all instructions in the same case, usually capitals", NULL},
    {"CopyIgnoredFile",
	".dockerignore keeps the file out of the build, so COPY cannot find it",
	"take the pattern out of .dockerignore, or the file out of COPY", NULL},
    {"DuplicateStageName", "the later stage hides the earlier one",
	"give every stage a name of its own", "DL3024"},
    {"ExposeInvalidFormat",
	"EXPOSE only documents ports; addresses and host ports are docker run -p's",
	"write the container's port alone, e.g. EXPOSE 80", NULL},
    {"ExposeProtoCasing", "protocols are written in small letters", "write /tcp or /udp",
	NULL},
    {"FromAsCasing", "keywords of one line belong together",
	"write FROM and AS in the same case", NULL},
    {"FromPlatformFlagConstDisallowed",
	"a fixed platform makes an image for one kind of machine only",
	"leave --platform out, or use $BUILDPLATFORM", "DL3029"},
    {"InvalidBaseImagePlatform", "the base image is for another kind of machine",
	"pull the base image for this platform", NULL},
    {"InvalidDefaultArgInFrom", "without --build-arg the base image has no name",
	"give the ARG a default", NULL},
    {"InvalidDefinitionDescription",
	"tools show this comment as the argument's description",
	"begin the comment with the name, or leave an empty line behind it", NULL},
    {"JSONArgsRecommended",
	"in shell form a shell is process 1: docker stop's signal does not reach the "
	"program",
	"write the command as a JSON array: CMD [\"python\", \"app.py\"]", "DL3025"},
    {"LegacyKeyValueFormat", "the old form is ambiguous as soon as a blank appears",
	"write KEY=value", NULL},
    {"MaintainerDeprecated", "MAINTAINER is an old word for a label",
	"write LABEL org.opencontainers.image.authors=\"...\"", "DL4000"},
    {"MultipleInstructionsDisallowed", "only the last one counts",
	"remove the earlier ones", NULL},
    {"NoEmptyContinuation", "an empty line inside an instruction will become an error",
	"remove the empty line, or put a comment there", NULL},
    {"RedundantTargetPlatform", "the target platform is the default anyway",
	"remove --platform=$TARGETPLATFORM", NULL},
    {"ReservedStageName", "the name means something else to the builder",
	"choose another name for the stage", NULL},
    {"SecretsUsedInArgOrEnv",
	"whoever has the image can read its arguments and environment",
	"use RUN --mount=type=secret, or give it to docker run", NULL},
    {"StageNameCasing", "stage names are compared in small letters in some places only",
	"write the stage's name in small letters", NULL},
    {"UndefinedArgInFrom", "a name that no ARG before the first FROM declares is empty",
	"declare it: ARG NAME=default before FROM", NULL},
    {"UndefinedVar", "an unknown variable is an empty text, and nothing says so",
	"declare it with ARG or ENV, or correct its name", NULL},
    {"WorkdirRelativePath", "a relative folder hangs on what the base image set",
	"write an absolute path: WORKDIR /app", "DL3000"},
    {"DL3002", "a program that is broken into has root's rights in the container",
	"end with USER and the name or number of somebody else", NULL},
    {"DL3003", "cd counts for this RUN only", "use WORKDIR", NULL},
    {"DL3004", "sudo behaves in its own way without a terminal, and is not needed here",
	"remove sudo; use USER to change the user", NULL},
    {"DL3006", "without a tag the base is whatever latest means on the day of the build",
	"name a version: FROM python:3.9-slim", NULL},
    {"DL3007", "latest is another image tomorrow", "name a version: FROM python:3.9-slim",
	NULL},
    {"DL3009", "the lists of packages stay in the layer and are of no use in it",
	"end the RUN with && rm -rf /var/lib/apt/lists/*", NULL},
    {"DL3013", "without versions the same Dockerfile installs something else tomorrow",
	"pin them: pip install flask==3.0.0, or use requirements.txt", NULL},
    {"DL3014", "apt-get asks, and nobody is there to answer", "write apt-get install -y",
	NULL},
    {"DL3015", "recommended packages make the image bigger and are seldom used",
	"write apt-get install --no-install-recommends", NULL},
    {"DL3020",
	"ADD unpacks archives and fetches addresses; for files COPY says what is meant",
	"use COPY", NULL},
    {"DL3027", "apt is for people: its output and options may change",
	"use apt-get, or apt-cache", NULL},
    {"DL3042", "pip's cache stays in the layer and is of no use in it",
	"write pip install --no-cache-dir, or mount a cache: RUN "
	"--mount=type=cache,target=/root/.cache",
	NULL},
    {"DL3045", "without WORKDIR a relative destination lies wherever the base image says",
	"set WORKDIR first, or write an absolute destination", NULL},
    {"DL3059",
	"every RUN is a layer: files that a later one deletes stay in the earlier one",
	"join them with &&", NULL},
    {"DL4006", "a pipe succeeds when its last command does, whatever failed before",
	"set SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before the RUN", NULL},
    {"DL3001",
	"a build has no terminal, no services and no machine of its own to look at",
	"remove the command, or give it to docker run or docker exec", NULL},
    {"DL3005", "the same Dockerfile makes another image every day, and a bigger one",
	"name a newer base image; upgrade single packages with apt-get install", NULL},
    {"DL3008", "without versions the same Dockerfile installs something else tomorrow",
	"pin what matters: apt-get install curl=7.88.1-10+deb12u12", NULL},
    {"DL3011", "ports are numbers from 0 to 65535", "correct the number", NULL},
    {"DL3016", "without versions the same Dockerfile installs something else tomorrow",
	"pin them: npm install name@1.2.3, or use package-lock.json and npm ci", NULL},
    {"DL3017", "the same Dockerfile makes another image every day, and a bigger one",
	"name a newer base image", NULL},
    {"DL3018", "without versions the same Dockerfile installs something else tomorrow",
	"pin them: apk add curl=8.5.0-r0", NULL},
    {"DL3019", "the index of apk stays in the layer and is of no use in it",
	"write apk add --no-cache", NULL},
    {"DL3022", "a name that is no stage means an image: latest, on the day of the build",
	"name a stage of this file, or an image with its version", NULL},
    {"DL3044", "all words of an ENV see the environment from before it",
	"set the first name in an ENV of its own, above", NULL},
    {"DL3046", "useradd writes files that are as long as the number is high",
	"write useradd -l, or take a smaller number", NULL},
    {"DL3047", "a progress bar is thousands of lines in a log",
	"write wget --progress=dot:giga, or -nv", NULL},
    {"DL4001", "two programs for the same are one too many in an image",
	"use one of them everywhere", NULL},
    {"DL4005", "a link in place of /bin/sh changes it for all programs of the image",
	"use SHELL [\"/bin/bash\", \"-c\"]", NULL},
    {"DD0001",
	"every change of any file makes pip install again: the cache ends at COPY . .",
	"COPY requirements.txt first, then RUN pip install, then COPY . .", NULL},
};

const struct dockerfile_advice *
dockerfile_advice(const char *rule)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_eq(rows[i].rule, rule))
			return &rows[i];
	return NULL;
}

const char *
dockerfile_also(const struct dockerfile_warning *w)
{
	static const struct {
		const char *begins, *number;
	} several[] = {
	    {"Multiple CMD ", "DL4003"},
	    {"Multiple ENTRYPOINT ", "DL4004"},
	    {"Multiple HEALTHCHECK ", "DL3012"},
	};
	const struct dockerfile_advice *a = dockerfile_advice(w->rule);

	for (size_t i = 0; i < ARRAY_LEN(several); i++)
		if (strncasecmp(
			w->message, several[i].begins, strlen(several[i].begins)) == 0)
			return several[i].number;
	return a != NULL ? a->also : NULL;
}
