"""ONNX graphs: conversion, canonical form, integers, and the greedy loop."""
