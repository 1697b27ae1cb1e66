"""LiteRT graphs: conversion, integers, and the greedy loop."""
