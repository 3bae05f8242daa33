"""portrait + Speech -> FaceMotion -> frames, by keypoints."""
