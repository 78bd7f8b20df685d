from setuptools import Extension, setup

setup(name='fast', version='1.0', ext_modules=[Extension('fast', ['fast.c'])])
